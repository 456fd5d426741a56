"""Addresses of review sessions, by audience."""

from django.urls import path

from workflows.web.sessions import acts, board, defence, listing, make, papers, seat, session

desk = [
    path("sessions/", listing.sessions, name="sessions"),
    path("sessions/make/", make.session_make, name="session_make"),
    path("sessions/rooms/", listing.rooms, name="rooms"),
    path("sessions/<int:pk>/", session.session, name="session"),
    path("sessions/<int:pk>/do/<slug:action>/", acts.session_act, name="session_act"),
    path("sessions/<int:pk>/board/", board.session_board, name="session_board"),
    path("sessions/<int:pk>/board/live/", board.session_board_live, name="session_board_live"),
    path("sessions/<int:pk>/board/do/<slug:action>/", board.session_board_act, name="session_board_act"),
    path("sessions/<int:pk>/minutes.pdf", papers.session_minutes, name="session_minutes"),
]
reviewing = [
    path("sessions/", listing.my_sessions, name="my_sessions"),
    path("sessions/<int:pk>/", seat.my_seat, name="my_seat"),
    path("sessions/<int:pk>/do/<slug:action>/", seat.my_seat_act, name="my_seat_act"),
    path("sessions/<int:pk>/session.ics", seat.my_seat_calendar, name="my_seat_calendar"),
    path("sessions/<int:pk>/minutes.pdf", seat.my_seat_minutes, name="my_seat_minutes"),
]
applying = [
    path("applications/<int:pk>/defence/", defence.application_defence, name="application_defence"),
    path(
        "applications/<int:pk>/defence.ics",
        defence.application_defence_calendar,
        name="application_defence_calendar",
    ),
]
public = [
    path("draws/<slug:sha256>/", papers.public_draw, name="public_draw"),
    path(
        "draws/<slug:sha256>/certificate.<slug:kind>",
        papers.public_draw_certificate,
        name="public_draw_certificate",
    ),
]

from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "forms"
    # "forms" is taken by django.forms, which carries the templates of widgets.
    label = "bailu_forms"

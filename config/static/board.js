// The timer of the session board: counts down to data-until by the server's clock, which data-now told. Works after a
// reload and after the board was drawn anew; without this script the time of the end stands there.
(() => {
  "use strict";

  const two = (n) => String(n).padStart(2, "0");

  // How far this machine's clock is ahead of the server's, from the newest drawing of the board.
  function offset(timer) {
    if (!timer.dataset.offset) timer.dataset.offset = String(Date.now() - Date.parse(timer.dataset.now));
    return Number(timer.dataset.offset);
  }

  function tick() {
    document.querySelectorAll("time.timer[data-until]").forEach((timer) => {
      const left = Math.round((Date.parse(timer.dataset.until) - Date.now() + offset(timer)) / 1000);
      const whole = Math.abs(left);
      const text = `${Math.floor(whole / 60)}:${two(whole % 60)}`;
      timer.textContent = left >= 0 ? text : `${timer.dataset.over} ${text}`;
      timer.classList.toggle("late", left < 0);
    });
  }

  document.addEventListener("htmx:afterSettle", tick);
  document.addEventListener("DOMContentLoaded", tick);
  setInterval(tick, 1000);
})();

// “Use where I am now”: asks the browser once, on a press, and writes longitude and latitude where one can see and clear
// them. Without this script they are typed, or left out.
(() => {
  "use strict";
  const button = document.getElementById("here");
  const box = document.getElementById("f-point");
  if (!button || !box || !navigator.geolocation) return;
  const say = (zh, en) => (document.documentElement.lang === "en" ? en : zh);
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        box.value = `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`;
        button.disabled = false;
        box.focus();
      },
      () => {
        button.disabled = false;
        button.textContent = say("没取到位置，可以不填", "No position; it may be left out");
      },
      { maximumAge: 0, timeout: 10000 },
    );
  });
})();

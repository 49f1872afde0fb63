// The code of a showing comes behind the # of the address, which no browser sends to anybody. Here it goes into the form
// and out of the address, so that neither the history nor a bookmark keeps it. Without this script it is typed.
(() => {
  "use strict";
  const box = document.getElementById("f-code");
  const code = location.hash.slice(1);
  if (!box || !/^[2-9A-HJ-NP-Z-]{16,19}$/.test(code)) return;
  box.value = code;
  history.replaceState(null, "", location.pathname);
})();

/* Times stand on the page in UTC; here they are shown in the reader's zone, UTC on hover. */
(function () {
  "use strict";
  var form = new Intl.DateTimeFormat("en-GB", {
    day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
    timeZoneName: "short",
  });
  function show(root) {
    root.querySelectorAll("time[datetime]:not([title])").forEach(function (one) {
      var at = new Date(one.getAttribute("datetime"));
      if (isNaN(at)) return;
      one.title = one.textContent;
      one.textContent = form.format(at);
    });
  }
  show(document);
  document.addEventListener("htmx:load", function (event) { show(event.target); });
})();

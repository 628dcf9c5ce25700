// Leaving the page of an audit: it is forgotten soon. Coming back within the minute keeps it.
// When the last part of the progress has come, the page is loaded anew, once.
"use strict";

document.addEventListener("htmx:after:swap", () => {
  const progress = document.getElementById("progress");
  if (progress && "done" in progress.dataset) location.reload();
});

addEventListener("pagehide", () => {
  navigator.sendBeacon(`/${document.documentElement.lang}/audit/left`);
});

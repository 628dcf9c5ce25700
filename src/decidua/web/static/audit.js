// Leaving the page of an audit: it is forgotten soon. Coming back within the minute keeps it.
"use strict";

addEventListener("pagehide", () => {
  navigator.sendBeacon(`/${document.documentElement.lang}/audit/left`);
});

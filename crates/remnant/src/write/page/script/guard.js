// Text never becomes markup: where the browser knows trusted types, the policy of this page turns every attempt into an
// error. The map library asks once, with this very text, whether the browser can draw SVG.
if (window.trustedTypes && window.trustedTypes.createPolicy) {
  window.trustedTypes.createPolicy("default", { createHTML: (text) => (text === "<svg/>" ? text : null) });
}
window.remnantBegan = performance.now();

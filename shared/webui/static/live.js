// Renews the parts of a page that are marked as live. Without scripts the page stands still and is
// loaded again by hand. What is being used is left alone.
const every = 10_000;

async function renew() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    location.reload(); // signed out meanwhile: the page says so
    return;
  }
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(old.id);
    if (next && next.innerHTML !== old.innerHTML && !old.contains(document.activeElement)) {
      old.replaceChildren(...next.childNodes);
    }
  }
}

setInterval(() => {
  if (!document.hidden) renew().catch(() => {}); // the next turn tries again
}, every);

"""Whether a page keeps its shape: what a person would see at a glance, measured."""

from playwright.async_api import Page

WIDTHS = (320, 412, 1280)

_SHAPE = """() => {
    const found = [];
    const name = one => one.tagName.toLowerCase()
        + (one.id ? '#' + one.id : one.className ? '.' + one.className.split(' ').join('.') : '')
        + ' "' + one.textContent.trim().slice(0, 25) + '"';
    const hidden = one => one.closest('.unseen, .skip, details:not([open]) > :not(summary), option')
        || !one.checkVisibility();
    const all = [...document.querySelectorAll('body *')].filter(one => !hidden(one));
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');

    for (const one of all) {
        const style = getComputedStyle(one);
        const box = one.getBoundingClientRect();
        if (box.right > width + 1 || box.left < -1) found.push(`beyond the screen: ${name(one)}`);
        const parent = one.parentElement;
        const outer = parent.getBoundingClientRect();
        const holds = !['inline', 'contents'].includes(getComputedStyle(parent).display);
        const free = ['absolute', 'fixed'].includes(style.position);
        if (holds && !free && (box.right > outer.right + 1 || box.left < outer.left - 1))
            found.push(`beyond its container: ${name(one)}`);
        const cuts = ['hidden', 'clip'].includes(style.overflowY)
            && one.scrollHeight > one.clientHeight + 1;
        const squeezed = style.display !== 'inline' && one.tagName !== 'SELECT'
            && one.scrollWidth > one.clientWidth + 1;
        if (cuts || squeezed) found.push(`cut off: ${name(one)}`);
    }

    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        if (hidden(text.parentElement) || text.parentElement.closest('a, code')) continue;
        for (const word of text.data.matchAll(/[\\p{L}\\d]{2,16}/gu)) {
            range.setStart(text, word.index);
            range.setEnd(text, word.index + word[0].length);
            const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            if (lines.size > 1) found.push(`broken inside: ${word[0]}`);
        }
    }
    return found;
}"""

_TARGETS = """() => {
    const found = [];
    const shown = [...document.querySelectorAll(
        'a[href], button, select, input:not([type=hidden]), summary')]
        .filter(one => one.checkVisibility() && !one.closest('.skip'));
    const said = one => `${one.tagName.toLowerCase()} "${one.textContent.trim().slice(0, 30)}"`;
    const boxes = [];
    for (const one of shown) {
        const box = one.getBoundingClientRect();
        const inSentence = one.tagName === 'A' && getComputedStyle(one).display === 'inline'
            && one.parentElement.textContent.trim().length > one.textContent.trim().length;
        if (!inSentence && (box.height < 24 || box.width < 24))
            found.push(`too small to hit: ${said(one)}`);
        const main = one.matches('button:not(.phone__quick button), .button, select, input');
        if (main && box.height < 44) found.push(`lower than 44 px: ${said(one)}`);
        if (!one.closest('.jump, .phone__screen, .mailbox__list')) boxes.push([one, box]);
    }
    for (const [first, a] of boxes) for (const [second, b] of boxes) {
        if (first === second) continue;
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 1) found.push(`overlap: ${said(first)} and ${said(second)}`);
    }
    return found;
}"""


async def misshapen(page: Page) -> list[str]:
    """What sticks out, is cut off, broken, too small or covered, at each width. Empty is well."""
    found = []
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        for script in (_SHAPE, _TARGETS):
            found += [f"{width} px: {one}" for one in await page.evaluate(script)]
    return found

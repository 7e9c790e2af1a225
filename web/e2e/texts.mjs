// Finds the texts of a story that come neither from a catalogue nor from its data.

/** The visible texts, names and titles of the page, drawn with ?marked, that say something unmarked. */
export async function unsaidTexts(page) {
  return page.evaluate(() => {
    const SPOKEN = ['aria-label', 'aria-description', 'aria-valuetext', 'aria-roledescription', 'title', 'placeholder', 'alt'];
    const data = JSON.parse(document.body.dataset.data).filter((text) => text.trim() !== '').sort((a, b) => b.length - a.length);
    const found = new Set();
    const left = (text) => {
      let rest = text;
      for (let before = ''; before !== rest; ) {
        before = rest;
        rest = rest.replace(/⟦[^⟦⟧]*⟧/g, ' ');
      }
      for (const known of data) rest = rest.replaceAll(known, ' ');
      return /\p{L}{2,}/u.test(rest);
    };
    const note = (where, text) => {
      if (text && left(text)) found.add(`${where} ${JSON.stringify(text.trim())}`);
    };
    const read = (node) => {
      if (node.nodeType === Node.TEXT_NODE) {
        const { display } = getComputedStyle(node.parentElement ?? node.parentNode.host);
        if (display !== 'none') note('text', node.textContent);
        return;
      }
      if (node.nodeType !== Node.ELEMENT_NODE || ['STYLE', 'SCRIPT', 'NOSCRIPT', 'PARLEY-AVATAR'].includes(node.tagName)) return;
      for (const name of SPOKEN) note(name, node.getAttribute(name));
      for (const child of [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes]) read(child);
    };
    read(document.body);
    note('title of the page', document.title);
    return [...found];
  });
}

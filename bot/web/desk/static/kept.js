// What this browser remembers of its reader's wishes; a private window forgets them with the page.
export function kept(name, value) {
  const key = `palpate-desk-${name}`;
  try {
    if (value === undefined) return localStorage.getItem(key);
    localStorage.setItem(key, value);
  } catch { /* no storage here */ }
  return value ?? null;
}

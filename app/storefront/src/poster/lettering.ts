/** A function that returns the width of a text in ems of a typeface. */
export type Measure = (text: string, face: Face) => number;

export interface Face {
    readonly family: string;
    readonly weight: number;
    readonly capitals: boolean;
    /** Letter spacing in ems. */
    readonly spacing: number;
    /** Line height in ems. */
    readonly leading: number;
}

const grotesque = '"Helvetica Neue", "Arial Nova", "Segoe UI", "Open Sans", Arial, sans-serif';
const condensed = '"Avenir Next Condensed", "Arial Narrow", "Roboto Condensed", "DejaVu Sans Condensed", sans-serif';
const roman = '"Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "DejaVu Serif Condensed", serif';

export const faces = {
    shout: { family: grotesque, weight: 800, capitals: true, spacing: -0.02, leading: 0.94 },
    calm: { family: grotesque, weight: 700, capitals: false, spacing: -0.03, leading: 1 },
    tall: { family: condensed, weight: 700, capitals: true, spacing: 0.01, leading: 1 },
    book: { family: roman, weight: 700, capitals: false, spacing: -0.01, leading: 1.06 },
    wide: { family: grotesque, weight: 700, capitals: true, spacing: 0.12, leading: 1.2 },
} as const satisfies Record<string, Face>;

/** The lines of a text, with the largest font size at which they fit into a box. */
export interface Setting {
    readonly lines: readonly string[];
    readonly size: number;
}

/** Estimates text widths without a browser. For usual fonts, the estimate is too wide rather than too narrow. */
export const guessed: Measure = (text, { capitals, spacing }) =>
    [...text].reduce((sum, letter) => {
        const base = /[\s.,:;'’!ijlIí|()-]/.test(letter) ? 0.34 : /[mwMW@]/.test(letter) ? 0.95 : 0.62;
        return sum + base + (capitals && /\p{Ll}/u.test(letter) ? 0.1 : 0) + spacing;
    }, 0);

/**
 * Returns the title as people say it, without a catalog's additions: "Usual Suspects, The" becomes "The Usual
 * Suspects".
 */
export function spoken(title: string): string {
    const [, name, article, rest] =
        title.match(/^(.+), (The|A|An|La|Le|Les|L'|Il|Der|Die|Das|El|Los|Las|Un|Une)( \(.*\))?$/i) ?? [];
    if (name === undefined || article === undefined) return title;
    return `${article}${article.endsWith("'") ? "" : " "}${name}${rest ?? ""}`;
}

/** Returns the title for a poster. Removes a translation in parentheses at the end of the title. */
export function lettered(title: string): string {
    const text = spoken(title).trimEnd();
    const at = text.endsWith(")") ? text.lastIndexOf("(") : -1;
    const isAddition = at >= 0 && text.indexOf(")", at) === text.length - 1;
    return (isAddition && text.slice(0, at).trimEnd()) || (isAddition ? title : spoken(title));
}

/**
 * Fits a title into a box: chooses the line breaks that allow the largest letters, up to `largest`. Does not break
 * words, so a long word makes the letters small.
 */
export function setTitle(
    title: string,
    face: Face,
    box: { width: number; height: number; largest: number; mostLines: number },
    measure: Measure = guessed,
): Setting {
    const shown = face.capitals ? title.toUpperCase() : title;
    const words = shown.split(/\s+/).filter(Boolean);
    let best: Setting = { lines: [shown], size: 0 };
    for (let count = 1; count <= Math.min(box.mostLines, words.length); count++) {
        const lines = balanced(words, count, (text) => measure(text, face));
        const widest = Math.max(...lines.map((text) => measure(text, face)), 0.01);
        const size = Math.min(box.largest, box.width / widest, box.height / (lines.length * face.leading));
        if (size > best.size * 1.04) best = { lines, size };
    }
    return best;
}

/** Splits words into at most `count` lines, with the widest line as narrow as possible. */
function balanced(words: readonly string[], count: number, wide: (text: string) => number): string[] {
    if (count === 1 || words.length === 1) return [words.join(" ")];
    let best: string[] = [words.join(" ")];
    let narrowest = Number.POSITIVE_INFINITY;
    for (let first = 1; first <= words.length - count + 1; first++) {
        const lines = [words.slice(0, first).join(" "), ...balanced(words.slice(first), count - 1, wide)];
        const widest = Math.max(...lines.map(wide));
        if (widest < narrowest) [best, narrowest] = [lines, widest];
    }
    return best;
}

/** Escapes a text for XML, and removes the characters that XML forbids. */
export const escaped = (text: string) =>
    text
        .toWellFormed()
        .replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, "")
        .replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Charts as inline SVG without scripts. Text has the page's colours, and each chart has a title for screen readers. */

const [width, height] = [640, 220];
const margin = { left: 56, right: 12, top: 12, bottom: 34 };
const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };

/** Escapes a text for HTML. */
export const html = (text: string) =>
    text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });
const x = (share: number) => (margin.left + share * inner.width).toFixed(1);
const y = (share: number) => (margin.top + (1 - share) * inner.height).toFixed(1);

/** Returns a chart: the lines at 0, 25, 50, 75 and 100 % of the scale, the scale's labels, and the given content. */
function chart(
    title: string,
    labels: { readonly top: string; readonly half: string; readonly below: readonly string[] },
    content: string,
) {
    const line = (share: number, label: string) =>
        `<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(share)}" y2="${y(share)}"/>` +
        `<text x="${margin.left - 6}" y="${y(share)}" dy="4" text-anchor="end">${html(label)}</text>`;
    const below = labels.below.map((label, index) => {
        // Two labels mark the ends of the scale. Other labels are centred below their bars.
        const [share, anchor]: readonly [number, string] =
            labels.below.length === 2
                ? [index, index === 0 ? "start" : "end"]
                : [(index + 0.5) / labels.below.length, "middle"];
        return `<text x="${x(share)}" y="${height - 10}" text-anchor="${anchor}">${html(label)}</text>`;
    });
    return (
        `<svg role="img" viewBox="0 0 ${width} ${height}"><title>${html(title)}</title>` +
        `${line(0, "0")}${line(0.5, labels.half)}${line(1, labels.top)}${content}${below.join("")}</svg>`
    );
}

/** Returns a chart with bars of equal width. Each bar has a tooltip. */
export function bars(
    title: string,
    values: readonly number[],
    labelOf: (index: number) => string,
    below: readonly string[],
): string {
    const most = Math.max(1, ...values);
    const each = 1 / Math.max(1, values.length);
    const drawn = values.map((value, index) => {
        const top = Number(y(value / most));
        const left = Number(x(index * each));
        const tall = (margin.top + inner.height - top).toFixed(1);
        const wide = Math.max(1, inner.width * each - 1.5).toFixed(1);
        return `<rect x="${left}" y="${top}" width="${wide}" height="${tall}"><title>${html(labelOf(index))}</title></rect>`;
    });
    return chart(title, { top: compact.format(most), half: compact.format(most / 2), below }, drawn.join(""));
}

/**
 * Returns a chart with two axes from 0 to 100 %. Its curve shows one share as a function of another, and the diagonal
 * shows where both shares are equal.
 */
export function curve(
    title: string,
    points: readonly { readonly x: number; readonly y: number }[],
    below: readonly string[],
): string {
    const path = points.map((point, index) => `${index === 0 ? "M" : "L"}${x(point.x)} ${y(point.y)}`).join("");
    const equal = `<path class="equal" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>`;
    return chart(title, { top: "100 %", half: "50 %", below }, `${equal}<path class="curve" d="${path}"/>`);
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of `value` where `most` has `width` characters, to an eighth of one; what is above 0 is seen. */
export function bar(value: number, most: number, width: number): string {
    if (!(value > 0) || !(most > 0)) {
        return "";
    }
    const parts = Math.max(1, Math.round((Math.min(value, most) / most) * width * 8));
    return "█".repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}

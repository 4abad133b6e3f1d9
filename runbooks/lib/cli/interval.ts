const seconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `30s`, `5m`, `1h` in seconds; undefined for what is no time of at least a second. */
export function interval(text: string): number | undefined {
    const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
    const found = Number(count) * (seconds[unit] ?? 0);
    return found >= 1 ? found : undefined;
}

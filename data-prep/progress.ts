/** Logs the number of converted rows every two seconds. */
export function progressTo(log: (line: string) => void): (rows: number) => void {
    const begun = Date.now();
    let next = begun + 2000;
    return (rows) => {
        const now = Date.now();
        if (now < next) return;
        next = now + 2000;
        const rate = Math.round((1000 * rows) / (now - begun));
        log(`  ${rows.toLocaleString("en-US")} rows, ${rate.toLocaleString("en-US")} a second`);
    };
}

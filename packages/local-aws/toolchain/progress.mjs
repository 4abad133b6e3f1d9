const TERMINAL_MILLISECONDS = 1_000;
const PLAIN_MILLISECONDS = 12_000;

/**
 * Shows on stderr what is being installed and for how long: on a terminal as one updated line, otherwise as a line
 * every 12 seconds.
 * @returns {{ start(what: string): () => void, say(line: string): void, stop(): void }} `start` returns a function to
 * call when the installation has ended
 */
export function openProgress(stream = process.stderr) {
    const running = new Map();
    const rewrite = stream.isTTY === true;
    const clear = () => rewrite && stream.write("\r\x1b[K");
    const status = () => [...running].map(([what, since]) => `${what} ${seconds(since)} s`).join(", ");
    const show = () => {
        if (running.size === 0) return;
        clear();
        stream.write(rewrite ? status().slice(0, (stream.columns ?? 80) - 1) : `  ${status()}\n`);
    };
    const say = (line) => {
        clear();
        stream.write(`${line}\n`);
    };
    const timer = setInterval(show, rewrite ? TERMINAL_MILLISECONDS : PLAIN_MILLISECONDS);
    return {
        start(what) {
            running.set(what, Date.now());
            return () => {
                say(`  ${what}: done in ${seconds(running.get(what))} s`);
                running.delete(what);
            };
        },
        say,
        stop() {
            clearInterval(timer);
            clear();
        },
    };
}

function seconds(since) {
    return Math.round((Date.now() - since) / 1000);
}

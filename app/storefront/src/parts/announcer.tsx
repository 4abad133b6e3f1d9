import { useEffect, useState } from "preact/hooks";

const listeners = new Set<(words: string) => void>();

/** Announces a text to screen readers. */
export function announce(words: string): void {
    for (const listener of listeners) listener(words);
}

/** Renders the live region for announcements. */
export function Announcer() {
    const [words, setWords] = useState("");
    useEffect(() => {
        listeners.add(setWords);
        return () => {
            listeners.delete(setWords);
        };
    }, []);
    return (
        <div class="unseen" aria-live="polite" aria-atomic="true" data-announcer>
            {words}
        </div>
    );
}

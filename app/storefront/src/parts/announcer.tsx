import { useEffect, useState } from "preact/hooks";

const listeners = new Set<(words: string) => void>();

/** Says something to those who do not see the page. */
export function announce(words: string): void {
    for (const listener of listeners) listener(words);
}

/** Where it is said. */
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

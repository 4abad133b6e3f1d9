import { useEffect, useState } from "preact/hooks";
import type { ApiError } from "../api.ts";

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

/** Renders an error with a button to try again. */
export const Trouble = ({ error, onAgain }: { error: ApiError; onAgain: () => void }) => (
    <div class="trouble wrap line edged" role="alert">
        <p>{error.message}</p>
        <button type="button" class="button" onClick={onAgain}>
            Try again
        </button>
        {error.requestId !== undefined && (
            <p class="soft fine breaks">
                Request <code>{error.requestId}</code>
            </p>
        )}
    </div>
);

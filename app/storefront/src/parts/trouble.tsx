import type { ApiError } from "../api.ts";

/** What went wrong, and what to do about it. */
export const Trouble = ({ error, onAgain }: { error: ApiError; onAgain: () => void }) => (
    <div class="trouble" role="alert">
        <p>{error.message}</p>
        <button type="button" class="button" onClick={onAgain}>
            Try again
        </button>
        {error.requestId !== undefined && (
            <p class="request-id">
                Request <code>{error.requestId}</code>
            </p>
        )}
    </div>
);

import type { ApiError } from "../api.ts";

/** Renders an error with a button to try again. */
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

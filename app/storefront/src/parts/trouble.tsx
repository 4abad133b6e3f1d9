import type { ApiError } from "../api.ts";

/** An error with a button to repeat. */
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

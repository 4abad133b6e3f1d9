import { useEffect, useState } from "preact/hooks";

/** A viewer whom the host page signed in. */
export interface SignedIn {
    /** The viewer's ID, equal to the claim in the token. */
    readonly viewer: string;
    readonly token: string;
}

/** Whether the API needs the viewer's token; the hosting program writes it into `<html data-viewer-auth>`. */
export const needsToken = document.documentElement.dataset.viewerAuth === "jwt";

/**
 * The signed-in viewer, only in memory, so that a script that ran here earlier or later finds no token in a storage.
 */
let current: SignedIn | undefined;
const listeners = new Set<() => void>();

/** Returns the header with the viewer's token. */
export const authorization = (): Readonly<Record<string, string>> =>
    current === undefined ? {} : { authorization: `Bearer ${current.token}` };

/**
 * Receives tokens from scripts of the host page: the event `viewer-signed-in` on `window` has `detail` `{viewer,
 * token}`, or null after the sign-out. Only scripts of this document can send the event. Then requests a token with the
 * event `viewer-token-needed`.
 */
export function listenForSignIn(): void {
    if (!needsToken) return;
    addEventListener("viewer-signed-in", ({ detail }: CustomEventInit<unknown>) => {
        current = parseSignedViewer(detail);
        for (const changed of listeners) changed();
    });
    askForToken();
}

/** Requests a token from the host page, for example after the last token expired. */
export function askForToken(): void {
    if (needsToken) dispatchEvent(new CustomEvent("viewer-token-needed"));
}

function parseSignedViewer(detail: unknown): SignedIn | undefined {
    const { viewer, token }: { viewer?: unknown; token?: unknown } =
        typeof detail === "object" && detail !== null ? detail : {};
    return typeof viewer === "string" && viewer !== "" && typeof token === "string" && token !== ""
        ? { viewer, token }
        : undefined;
}

/** Calls `changed` at each sign-in and sign-out. Returns a function that ends the calls. */
export function onSignIn(changed: () => void): () => void {
    listeners.add(changed);
    return () => void listeners.delete(changed);
}

/** Returns the signed-in viewer, and renders the view again when the viewer changes. */
export function useSignedIn(): SignedIn | undefined {
    const [viewer, setViewer] = useState(current);
    useEffect(() => onSignIn(() => setViewer(current)), []);
    return viewer;
}

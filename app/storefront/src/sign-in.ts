import { useEffect, useState } from "preact/hooks";

/** A viewer whom the host page signed in. */
export interface SignedIn {
    /** The viewer's id, equal to the token's claim. */
    readonly viewer: string;
    readonly token: string;
}

/** Whether the API needs the viewer's token; the hosting program writes it into `<html data-viewer-auth>`. */
export const needsToken = document.documentElement.dataset.viewerAuth === "jwt";

/** Only in memory: a script that ran here earlier or later finds no token in a storage. */
let current: SignedIn | undefined;
const listeners = new Set<() => void>();

/** The signed-in viewer; undefined if none is. */
export const signedIn = (): SignedIn | undefined => current;

/** The header of the viewer's token. */
export const authorization = (): Readonly<Record<string, string>> =>
    current === undefined ? {} : { authorization: `Bearer ${current.token}` };

/**
 * Takes tokens from scripts of the host page: event `viewer-signed-in` on `window`, with `detail` `{viewer, token}`, or
 * null after the sign-out. Only scripts of this document can send it. Then asks for a token with `viewer-token-needed`.
 */
export function listenForSignIn(): void {
    if (!needsToken) return;
    addEventListener("viewer-signed-in", ({ detail }: CustomEventInit<unknown>) => {
        current = signedInOf(detail);
        for (const changed of listeners) changed();
    });
    askForToken();
}

/** Asks the host page for a token, for example after the last one expired. */
export function askForToken(): void {
    if (needsToken) dispatchEvent(new CustomEvent("viewer-token-needed"));
}

function signedInOf(detail: unknown): SignedIn | undefined {
    const { viewer, token } = (detail ?? {}) as Partial<Record<string, unknown>>;
    return typeof viewer === "string" && viewer !== "" && typeof token === "string" && token !== ""
        ? { viewer, token }
        : undefined;
}

/** Calls `changed` at each sign-in and sign-out; returns a function that ends this. */
export function onSignIn(changed: () => void): () => void {
    listeners.add(changed);
    return () => void listeners.delete(changed);
}

/** The signed-in viewer, for a view that changes with it. */
export function useSignedIn(): SignedIn | undefined {
    const [viewer, setViewer] = useState(current);
    useEffect(() => onSignIn(() => setViewer(current)), []);
    return viewer;
}

/** A SHA-256 of files (a missing one counts as empty), of facts as JSON, and of the platform. */
export function digest(files: readonly string[], facts?: readonly unknown[]): string;

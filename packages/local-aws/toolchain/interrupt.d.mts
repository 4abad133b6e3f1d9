export function interruptNote(command: string, args: readonly string[]): string | undefined;

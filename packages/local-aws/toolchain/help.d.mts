export declare const groups: Readonly<Record<string, Readonly<Record<string, string>>>>;
export declare const commands: Readonly<Record<string, string>>;
export declare function helpText(): string;

/** What of Personalize a line of a bill, of a price list or of the estimate is about. */
export type UsageKind = "campaign" | "training" | "import" | "other";

/**
 * The kind of a line by its words: AWS's own usage types for Personalize are not known to us (the local AWS's are ours:
 * packages/local-personalize/metering/usage-types.ts).
 */
export function usageKind(words: string): UsageKind {
    // Training first: it may say what for.
    if (/train/i.test(words)) {
        return "training";
    }
    if (/import|ingest/i.test(words)) {
        return "import";
    }
    return /campaign|recommendation|inference|tps/i.test(words) ? "campaign" : "other";
}

/** A place in S3: one object, or the objects directly under a prefix that ends in `/`. */
export interface DataLocation {
    bucket: string;
    /** The object's key, or the prefix when `isPrefix`. */
    key: string;
    isPrefix: boolean;
}

/**
 * Parses `s3://bucket/key` or `s3://bucket/prefix/`. Returns undefined for any other text, also for the ARN of an access
 * point: Personalize documents the name of a bucket only (Developer Guide, "DataSource"), for which the rules of S3
 * apply (S3 User Guide, "General purpose bucket naming rules").
 */
export function readDataLocation(location: string | undefined): DataLocation | undefined {
    const [, bucket, key] = location?.match(/^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*)$/s) ?? [];
    if (bucket === undefined || key === undefined) return undefined;
    return { bucket, key, isPrefix: key === "" || key.endsWith("/") };
}

/** Returns the listed keys that an import of `location` reads. Omits the keys of sub-folders. */
export function keysToRead(location: DataLocation, listed: { key: string; size: number }[]): string[] {
    if (!location.isPrefix) return listed.some(({ key }) => key === location.key) ? [location.key] : [];
    return listed
        .filter(({ key, size }) => size > 0 && !key.slice(location.key.length).includes("/"))
        .map(({ key }) => key)
        .sort();
}

/** The IDs of all faults that the diagnosis can find, in the order in which an import would meet them. */
export const faults = [
    ...["passrole", "role-missing", "role-path", "role-other-account", "role-policy"],
    "role-policy-without-document",
    ...["trust-policy", "bucket-policy", "boundary", "organization"],
    ...["bucket-alias", "bucket-missing", "bucket-region"],
    ...["object-missing", "object-deleted", "object-customer-key", "object-wrong-key"],
    ...["folder-without-slash", "folder-nested", "folder-stray-file"],
    ...["object-archived", "object-other-owner", "object-empty", "object-too-large"],
    ...["file-not-csv", "file-compressed", "file-encoding", "file-bom", "file-delimiter", "file-line-ends"],
    ...["csv-malformed", "header-missing", "header-quoted", "header-case", "column-missing"],
    ...["column-twice", "headers-differ"],
    ...["row-width", "timestamp-milliseconds", "timestamp-not-epoch", "value-absent", "value-too-long"],
    ...["value-type", "rows-too-few", "users-too-few"],
    ...["key-policy", "kms-disabled", "kms-pending-deletion", "kms-gone", "kms-grants", "kms-one-only"],
    ...["too-wide-managed", "too-wide", "no-conditions", "access-block-off"],
    ...["file-refused", "call-refused", "job-other-reason"],
] as const;

export type FaultId = (typeof faults)[number];

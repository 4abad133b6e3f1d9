/**
 * Re-exports the policy documents of an import for all parts of the program; access-doctor uses the same documents for
 * fixes.
 */
export {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    type ImportPlace,
    type ServiceCaller,
} from "policy-evaluator";

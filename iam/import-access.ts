/** The documents of an import, as every room of the program uses them; access-doctor repairs by the same ones. */
export {
    dataBucketPolicy,
    executionRolePolicy,
    executionRoleTrust,
    type ImportPlace,
    keyActions,
    onlyForUs,
    personalizeSourceArn,
    type ServiceCaller,
} from "policy-evaluator";

/** Types of admission policies. Notation: see ../type-table.ts. */
export const ADMISSION_TYPES = `
AdmissionMatchCondition: expression@2! string, name@1! string
AdmissionMatchResources (atomic): excludeResourceRules@4 []NamedRuleWithOperations, matchPolicy@7* string,
  namespaceSelector@1* LabelSelector, objectSelector@2* LabelSelector, resourceRules@3 []NamedRuleWithOperations
AdmissionParamKind (atomic): apiVersion@1 string, kind@2 string
AdmissionParamRef (atomic): name@1 string, namespace@2 string, parameterNotFoundAction@4* string,
  selector@3* LabelSelector
AdmissionTypeChecking: expressionWarnings@1 []ExpressionWarning
AdmissionValidation: expression@1! string, message@2 string, messageExpression@4 string, reason@3* string
AdmissionVariable (atomic): expression@2! string, name@1! string
AuditAnnotation: key@1! string, valueExpression@2! string
ExpressionWarning: fieldRef@2! string, warning@3! string
NamedRuleWithOperations (atomic): apiGroups@2.2.1 []string, apiVersions@2.2.2 []string, operations@2.1 []string,
  resourceNames@1 []string, resources@2.2.3 []string, scope@2.2.4* string
ValidatingAdmissionPolicy: metadata@1 ObjectMeta, spec@2 ValidatingAdmissionPolicySpec,
  status@3 ValidatingAdmissionPolicyStatus
ValidatingAdmissionPolicyBinding: metadata@1 ObjectMeta, spec@2 ValidatingAdmissionPolicyBindingSpec
ValidatingAdmissionPolicyBindingSpec: matchResources@3* AdmissionMatchResources, paramRef@2* AdmissionParamRef,
  policyName@1 string, validationActions@4 [set|replace]string
ValidatingAdmissionPolicySpec: auditAnnotations@5 []AuditAnnotation, failurePolicy@4* string,
  matchConditions@6 [name]AdmissionMatchCondition, matchConstraints@2* AdmissionMatchResources,
  paramKind@1* AdmissionParamKind, validations@3 []AdmissionValidation, variables@7 [name]AdmissionVariable
ValidatingAdmissionPolicyStatus: conditions@3 [type|replace]Condition, observedGeneration@1 int64,
  typeChecking@2* AdmissionTypeChecking
`;

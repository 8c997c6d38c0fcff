/** Types of CustomResourceDefinitions. Notation: see ../type-table.ts. */
export const EXTENSION_TYPES = `
CustomResourceColumnDefinition: description@4 string, format@3 string, jsonPath@6! string, name@1! string,
  priority@5 int32, type@2! string
CustomResourceConversion: strategy@1! string, webhook@2* any
CustomResourceDefinition: metadata@1 ObjectMeta, spec@2! CustomResourceDefinitionSpec,
  status@3 CustomResourceDefinitionStatus
CustomResourceDefinitionCondition: lastTransitionTime@3 time, message@5 string, observedGeneration@6 int64,
  reason@4 string, status@2! string, type@1! string
CustomResourceDefinitionNames: categories@6 []string, kind@4! string, listKind@5 string, plural@1! string,
  shortNames@3 []string, singular@2 string
CustomResourceDefinitionSpec: conversion@9* CustomResourceConversion, group@1! string,
  names@3! CustomResourceDefinitionNames, preserveUnknownFields@10 bool, scope@4! string,
  versions@7! []CustomResourceDefinitionVersion
CustomResourceDefinitionStatus: acceptedNames@2 CustomResourceDefinitionNames,
  conditions@1 [type|replace]CustomResourceDefinitionCondition, observedGeneration@4 int64, storedVersions@3 []string
CustomResourceDefinitionVersion: additionalPrinterColumns@6 []CustomResourceColumnDefinition, deprecated@7 bool,
  deprecationWarning@8* string, name@1! string, schema@4* CustomResourceValidation,
  selectableFields@9 []SelectableField, served@2! bool, storage@3! bool, subresources@5* CustomResourceSubresources
CustomResourceSubresourceScale: labelSelectorPath@3* string, specReplicasPath@1! string, statusReplicasPath@2! string
CustomResourceSubresources: scale@2* CustomResourceSubresourceScale, status@1* any
CustomResourceValidation: openAPIV3Schema@1* any
SelectableField: jsonPath@1! string
`;

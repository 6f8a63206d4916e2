export { schemaFormats, schemaKeywords, schemaOptions } from './parts';
export { askSchema, eventSchema, eventSteps, publicEventSchema, publicOf, publicStates } from './event-schemas';
export { catalogue, catalogueEntry, type CatalogueEntry, type CatalogueField, type CatalogueStep } from './catalogue';

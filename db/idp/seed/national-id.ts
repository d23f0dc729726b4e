export { syntheticNationalId } from '#kit/taiwan/synthetic-id.ts';

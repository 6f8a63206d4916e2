export { allow, type Allowed, type Grant } from './access';
export { answersWithin, type KafkaConnection } from './connection';
export { openKafkaLog, type KafkaLogOptions } from './log';
export { prepareCluster, type Prepared, type Wanted } from './prepare';
export { NotPrepared } from './topics';

export { allow, type Grant } from './access';
export { answersWithin, type KafkaConnection } from './connection';
export { openKafkaLog, type KafkaLogOptions } from './log';

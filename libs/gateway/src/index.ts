export { LISTS, publishedOf, useOfGateway } from './gateway-log-use';
export { GatewayService } from './gateway-service';
export { defaultGatewayLimits, type Development, type GatewayConfig, type GatewayLimits } from './config';
export type { DraftLine, ListItem, SignItem } from './lists/list-item';
export type { List } from './lists/lists';
export { RowBook } from './lists/row-book';

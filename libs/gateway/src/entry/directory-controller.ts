import { Controller, Get, Inject, Req } from '@nestjs/common';
import { Refusal } from '@chuanyu/contracts';
import { catalogue, type CatalogueEntry } from '@chuanyu/engine';
import { isUnitKind, unitKinds, type Unit } from '@chuanyu/reference';
import { Door, readQuery } from '@chuanyu/service';
import type { FastifyRequest } from 'fastify';
import { GATEWAY, type Gateway } from '../config';
import { meView, officerView, type Me, type OfficerView } from './officer-view';

interface Items<T> {
  readonly items: readonly T[];
}

/** Who one is, and what the platform knows that is no case. */
@Controller('api')
export class DirectoryController {
  private readonly catalogue: readonly CatalogueEntry[];
  constructor(
    @Inject(Door) private readonly door: Door,
    @Inject(GATEWAY) private readonly gateway: Gateway,
  ) {
    this.catalogue = catalogue(gateway.workflows);
  }

  @Get('me')
  async me(@Req() request: FastifyRequest): Promise<Me> {
    const officer = await this.door.enter(request);
    readQuery(request.url, []);
    return meView(officer, this.gateway);
  }

  @Get('workflows')
  async workflows(@Req() request: FastifyRequest): Promise<Items<CatalogueEntry>> {
    await this.door.enter(request);
    const { id } = readQuery(request.url, ['id']);
    if (id === undefined) return { items: this.catalogue };
    const items = this.catalogue.filter((entry) => entry.id === id);
    if (items.length === 0)
      throw new Refusal('not-found', '没有这个事项', {
        possible: this.catalogue.map((entry) => ({ workflow: entry.id, title: entry.title })),
      });
    return { items };
  }

  @Get('units')
  async units(@Req() request: FastifyRequest): Promise<Items<Unit>> {
    await this.door.enter(request);
    const { province, kind } = readQuery(request.url, ['province', 'kind']);
    const { directory } = this.gateway.province;
    const provinces = directory.provinces.map(({ id }) => id);
    if (province !== undefined && !provinces.includes(province)) throw notAllowed('/province', provinces);
    if (kind !== undefined && !isUnitKind(kind)) throw notAllowed('/kind', unitKinds);
    return {
      items: directory.units.filter(
        (unit) => (province === undefined || unit.province === province) && (kind === undefined || unit.kind === kind),
      ),
    };
  }

  /** Of the own unit: for assigning. */
  @Get('officers')
  async officers(@Req() request: FastifyRequest): Promise<Items<OfficerView>> {
    const { unit } = await this.door.enter(request);
    readQuery(request.url, []);
    return { items: this.gateway.province.officers.ofUnit(unit).map((each) => officerView(each, this.gateway)) };
  }
}
const notAllowed = (pointer: string, allowed: readonly string[]): Refusal =>
  new Refusal('bad-request', '查询参数有误', {
    errors: [{ pointer, rule: 'one-of', detail: `可用：${allowed.join('、')}` }],
  });

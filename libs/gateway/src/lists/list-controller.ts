import { Controller, Get, Inject, Req } from '@nestjs/common';
import { Door } from '@chuanyu/service';
import type { FastifyRequest } from 'fastify';
import type { ListItem, SignItem } from './list-item';
import { Lists, type List } from './lists';

@Controller('api')
export class ListController {
  constructor(
    @Inject(Door) private readonly door: Door,
    @Inject(Lists) private readonly lists: Lists,
  ) {}

  @Get('to-take-in')
  async toTakeIn(@Req() request: FastifyRequest): Promise<List<ListItem>> {
    return this.lists.toTakeIn(await this.door.enter(request), request.url);
  }
  @Get('to-do')
  async toDo(@Req() request: FastifyRequest): Promise<List<ListItem>> {
    return this.lists.toDo(await this.door.enter(request), request.url);
  }
  @Get('to-sign')
  async toSign(@Req() request: FastifyRequest): Promise<List<SignItem>> {
    return this.lists.toSign(await this.door.enter(request), request.url);
  }
  @Get('done')
  async done(@Req() request: FastifyRequest): Promise<List<ListItem>> {
    return this.lists.done(await this.door.enter(request), request.url);
  }
  @Get('cases')
  async cases(@Req() request: FastifyRequest): Promise<List<ListItem>> {
    return this.lists.cases(await this.door.enter(request), request.url);
  }
}

import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { readBody } from '@chuanyu/service';
import type { FastifyRequest } from 'fastify';
import { GATEWAY, type Gateway } from '../config';
import { clientAddress } from '../http/client-address';
import { SignInDesk, type SignedIn } from './sign-in-desk';

@Controller('api/sign-in')
export class SignInController {
  constructor(
    @Inject(GATEWAY) private readonly gateway: Gateway,
    @Inject(SignInDesk) private readonly desk: SignInDesk,
  ) {}

  @Post()
  @HttpCode(200)
  async signIn(@Req() request: FastifyRequest, @Body() body: unknown): Promise<SignedIn> {
    const { officer, password } = readBody(body, { officer: 'required', password: 'required' });
    return this.desk.signIn({ officer, password }, clientAddress(request, this.gateway.addressHeader));
  }
}

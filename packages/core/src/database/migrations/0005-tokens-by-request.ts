import { Migration } from '@mikro-orm/migrations';

/** What a request pays for is revoked by the request: its tokens are found without reading all of them. */
export class Migration0005TokensByRequest extends Migration {
  override name = '0005-tokens-by-request';

  override up(): void {
    this.addSql(/* sql */ `
CREATE INDEX scoped_token_request ON countersign.scoped_token (authorization_request_id)
WHERE authorization_request_id IS NOT NULL`);
  }
}

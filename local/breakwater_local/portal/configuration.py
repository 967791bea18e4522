"""What the page is told of its environment: `config.json`, from the outputs of the api stack."""

from collections.abc import Mapping

from breakwater import contract

Outputs = Mapping[str, str]


def configuration(
    outputs: Outputs, *, environment: str, region: str, sign_in: str | None = None
) -> dict[str, str]:
    """The members that portal/src/session/config.ts asks for.

    :param sign_in: where the embedded AWS is; None: sign-in is Cognito's own.
    """
    pool = outputs[contract.USER_POOL_OUTPUT]
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    issuer = sign_in or f"https://cognito-idp.{region}.{suffix}"
    return {
        "api": f"/{contract.API_STAGE}",
        "authority": f"{issuer}/{pool}",
        "clientId": outputs[contract.CLIENT_OUTPUT],
        "signOut": sign_in or outputs[contract.SIGN_IN_OUTPUT],
        "region": region,
        "environment": environment,
    }

"""Who may sign in, and as what."""

from collections.abc import Sequence
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from breakwater.contract import Role


class UserDirectory(Construct):
    """A Cognito user pool with one group per role, and managed login.

    Nobody signs up by themselves: a commander invites. Sign-in is by e-mail address, with a long
    password and a one-time code where `mfa_required` says so. Public clients use the authorization
    code flow with PKCE; there is no client secret to leak.

    SSO: give `saml_metadata_url`. People then come from your identity provider; give them a group
    here, or map the provider's groups with a pre-token-generation trigger on `user_pool`.
    """

    WHAT_A_ROLE_MAY: ClassVar[dict[Role, str]] = {
        Role.VIEWER: "Reads everything",
        Role.OPERATOR: "Runs drills: start, pause, resume, cancel, clean up",
        Role.PLANNER: "Writes protection groups and recovery plans",
        Role.COMMANDER: "Everything, real recoveries included",
    }

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain_prefix: str,
        mfa_required: bool = True,
        first_commander: str | None = None,
        saml_metadata_url: str | None = None,
        branding: bool = True,
        retain: bool = True,
        deletion_protection: bool = True,
    ) -> None:
        """
        :param domain_prefix: of the sign-in page; unique in the Region.
        :param mfa_required: ask everybody for a one-time code; otherwise each may choose to.
        :param first_commander: the e-mail address that is invited first, with the role commander.
        :param saml_metadata_url: where your identity provider publishes its SAML metadata.
        :param branding: give the sign-in page Cognito's own style; without one it does not show.
        :param retain: keep the pool, with its people, when the stack is deleted.
        :param deletion_protection: Cognito refuses to delete the pool while this is on.
        """
        super().__init__(scope, id)
        self.user_pool = cognito.UserPool(
            self,
            "Default",
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            # The audit trail names people by their address: who changes it must show that it is
            # theirs, by a code sent there, before it holds.
            keep_original=cognito.KeepOriginalAttrs(email=True),
            password_policy=cognito.PasswordPolicy(
                min_length=14,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
                temp_password_validity=cdk.Duration.days(3),
            ),
            mfa=cognito.Mfa.REQUIRED if mfa_required else cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            feature_plan=cognito.FeaturePlan.PLUS,  # 2 cents per person and month
            standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
            removal_policy=cdk.RemovalPolicy.RETAIN if retain else cdk.RemovalPolicy.DESTROY,
            deletion_protection=deletion_protection,
        )
        self._branding = branding
        self.domain = self.user_pool.add_domain(
            "Domain",
            cognito_domain=cognito.CognitoDomainOptions(domain_prefix=domain_prefix),
            managed_login_version=cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
        )
        self._groups = {role: self._group(role) for role in Role}
        self._providers = [cognito.UserPoolClientIdentityProvider.COGNITO]
        if saml_metadata_url:
            self._trust(saml_metadata_url)
        if first_commander:
            self._invite(first_commander)
        self._acknowledge(mfa_required=mfa_required)

    def add_public_client(
        self,
        id: str,
        *,
        callback_urls: Sequence[str],
        logout_urls: Sequence[str],
        session: cdk.Duration | None = None,
    ) -> cognito.UserPoolClient:
        """A client without a secret (a page, a command line): authorization code with PKCE.

        :param session: how long somebody stays signed in without a password; default: 12 hours, a
            shift.
        """
        client = self.user_pool.add_client(
            id,
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=True),
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[
                    cognito.OAuthScope.OPENID,
                    cognito.OAuthScope.EMAIL,
                    cognito.OAuthScope.PROFILE,
                ],
                callback_urls=list(callback_urls),
                logout_urls=list(logout_urls),
            ),
            access_token_validity=cdk.Duration.hours(1),
            id_token_validity=cdk.Duration.hours(1),
            refresh_token_validity=session or cdk.Duration.hours(12),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
            supported_identity_providers=self._providers,
        )
        if self._branding:
            cognito.CfnManagedLoginBranding(
                self,
                f"{id}Branding",
                user_pool_id=self.user_pool.user_pool_id,
                client_id=client.user_pool_client_id,
                use_cognito_provided_values=True,
            )
        return client

    def authorizer(
        self, clients: Sequence[cognito.UserPoolClient]
    ) -> authorizers.HttpUserPoolAuthorizer:
        """Lets an HTTP API accept the tokens of these clients, and no others."""
        return authorizers.HttpUserPoolAuthorizer(
            "SignedIn", self.user_pool, user_pool_clients=list(clients)
        )

    def _group(self, role: Role) -> cognito.CfnUserPoolGroup:
        return cognito.CfnUserPoolGroup(
            self,
            role.value.title(),
            user_pool_id=self.user_pool.user_pool_id,
            group_name=role.value,
            description=self.WHAT_A_ROLE_MAY[role],
        )

    def _trust(self, metadata_url: str) -> None:
        provider = cognito.UserPoolIdentityProviderSaml(
            self,
            "Sso",
            user_pool=self.user_pool,
            name="sso",
            metadata=cognito.UserPoolIdentityProviderSamlMetadata.url(metadata_url),
            attribute_mapping=cognito.AttributeMapping(
                email=cognito.ProviderAttribute.other(
                    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
                )
            ),
        )
        self._providers.append(
            cognito.UserPoolClientIdentityProvider.custom(provider.provider_name)
        )

    def _invite(self, address: str) -> None:
        user = cognito.CfnUserPoolUser(
            self,
            "FirstCommander",
            user_pool_id=self.user_pool.user_pool_id,
            username=address,
            desired_delivery_mediums=["EMAIL"],
            user_attributes=[
                cognito.CfnUserPoolUser.AttributeTypeProperty(name="email", value=address),
                cognito.CfnUserPoolUser.AttributeTypeProperty(name="email_verified", value="true"),
            ],
        )
        membership = cognito.CfnUserPoolUserToGroupAttachment(
            self,
            "FirstCommanderRole",
            user_pool_id=self.user_pool.user_pool_id,
            username=address,
            group_name=Role.COMMANDER.value,
        )
        membership.add_dependency(user)
        membership.add_dependency(self._groups[Role.COMMANDER])

    def _acknowledge(self, *, mfa_required: bool) -> None:
        validations = cdk.Validations.of(self.user_pool)
        if not mfa_required:
            validations.acknowledge(
                cdk.Acknowledgment(
                    id="AwsSolutions-COG2",
                    reason="This environment leaves the second factor to each person; production "
                    "requires it.",
                )
            )

import ProvisioningModel
import TestSupport
import Testing

@Suite("What a state is a cache of")
struct StateIdentityTests {
  private static let tenant = ObjectID.sample(71).rawValue

  private static func identity(
    tenant: String = tenant, cloud: String = "public", application: Int = 900, host: String = "acme.xmatters.com",
    prefix: String = "entra:"
  ) -> StateIdentity {
    StateIdentity(
      ConfiguredIdentity(tenant: tenant, cloud: cloud, host: host, prefix: prefix), application: .sample(application))
  }

  @Test(
    "a domain in place of the tenant's id, and letter case, are no change",
    arguments: ["acme.example.com", tenant.uppercased()])
  func spelling(tenant: String) {
    #expect(Self.identity().change(to: Self.identity(tenant: tenant)) == .none)
    #expect(Self.identity(tenant: tenant).change(to: Self.identity()) == .none)
  }

  @Test("a tenant that is configured by a domain is known by the id that the directory gives")
  func domain() {
    func identity(_ tenant: String, _ named: Int?) -> StateIdentity {
      var application = Application.sample
      application.tenant = named.map { .sample($0) }
      let configured = ConfiguredIdentity(tenant: tenant, cloud: "public", host: "acme.xmatters.com", prefix: "entra:")
      return StateIdentity(configured, of: application)
    }
    #expect(identity("acme.example.com", 71) == Self.identity())
    #expect(identity("Acme.example.com", nil).configured.tenant == "acme.example.com", "the directory does not say")
    #expect(identity(Self.tenant, 72) == Self.identity(), "an id is what it is")
    #expect(Self.identity().change(to: identity("acme.example.com", 72)) == .source)
  }

  @Test("another meaning of what was applied takes nothing but that away, and less than anything else")
  func schema() {
    var former = Self.identity()
    former.schema = 0
    #expect(former.change(to: Self.identity()) == .schema)
    #expect(former.change(to: Self.identity(host: "other.xmatters.com")) == .target)
  }

  @Test("another tenant, cloud or application is another source")
  func source() {
    for other in [
      Self.identity(tenant: ObjectID.sample(72).rawValue), Self.identity(cloud: "china"),
      Self.identity(application: 901),
      Self.identity(tenant: "other.example.com", application: 901, host: "other.xmatters.com"),
    ] {
      #expect(Self.identity().change(to: other) == .source)
    }
  }

  @Test("another host is another xMatters, another prefix other keys")
  func target() {
    #expect(Self.identity().change(to: Self.identity(host: "other.xmatters.com")) == .target)
    #expect(Self.identity().change(to: Self.identity(application: 901, prefix: "aad:")) == .prefix)
  }
}

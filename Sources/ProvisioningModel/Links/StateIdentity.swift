/// What a state is a cache of. The client id, the credential, and the spelling of an address are no part of it.
package struct StateIdentity: Hashable, Sendable {
  package enum Change: Hashable, Sendable {
    /// The same, perhaps spelled otherwise.
    case none
    /// What is known was written by a version that meant something else by it: what was last applied is found out again.
    case schema
    /// Another xMatters: nothing that is known of its people is of use.
    case target
    /// Another tenant or application: users that it does not know are not gone.
    case source
    /// Other external keys: no person would be found to be ours.
    case prefix
  }

  package var configured: ConfiguredIdentity
  /// The id of the service principal, which is one tenant's alone.
  package var application: ObjectID
  /// What is meant by the digests of a state; see `presentSchema`.
  package var schema: Int

  /// Goes up when the digests of people, groups or entitlements are made otherwise.
  package static let presentSchema = 1

  package init(_ configured: ConfiguredIdentity, application: ObjectID, schema: Int = presentSchema) {
    self.configured = configured
    self.application = application
    self.schema = schema
  }

  /// As it is configured now.
  /// - Parameter application: As the directory has it: it also knows the id of a tenant that is configured by a domain.
  package init(_ configured: ConfiguredIdentity, of application: Application) {
    var configured = configured
    if !ObjectID(configured.tenant).isGUID, let tenant = application.tenant { configured.tenant = tenant.rawValue }
    self.init(configured, application: application.id)
  }

  /// What is another when the state is used for this from now on; what weighs most.
  package func change(to other: StateIdentity) -> Change {
    let (old, new) = (configured, other.configured)
    if old.prefix != new.prefix { return .prefix }
    if application != other.application || old.cloud != new.cloud { return .source }
    // One of the names may be a domain of the tenant; an application of one tenant is never another's.
    let (oldTenant, newTenant) = (ObjectID(old.tenant), ObjectID(new.tenant))
    if oldTenant.isGUID, newTenant.isGUID, oldTenant != newTenant { return .source }
    if old.host != new.host { return .target }
    return schema == other.schema ? .none : .schema
  }
}

/// What the configuration says of it.
package struct ConfiguredIdentity: Hashable, Sendable {
  /// Its id, or one of its domains.
  package var tenant: String
  package var cloud: String
  /// Of xMatters, in lower case, with its port unless that is the usual one.
  package var host: String
  /// Of external keys.
  package var prefix: String

  package init(tenant: String, cloud: String, host: String, prefix: String) {
    self.tenant = tenant.lowercased()
    self.cloud = cloud
    self.host = host
    self.prefix = prefix
  }
}

extension ConfiguredIdentity {
  /// - Throws: When the state is one of people with other external keys.
  package func checkPrefix(of stored: StateIdentity?) throws(Failure) {
    guard let stored, stored.configured.prefix != prefix else { return }
    throw Failure(
      .quarantine, .configurationChanged,
      "xmatters.externalKeyPrefix is '\(prefix)', but the people of this state carry keys that begin with '\(stored.configured.prefix)'.",
      advice:
        "Put '\(stored.configured.prefix)' back, or rewrite the keys first: rollcall migrate-keys --config FILE --from '\(stored.configured.prefix)'."
    )
  }
}

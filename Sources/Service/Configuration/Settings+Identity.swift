import ProvisioningRules
import Reconciler
package import ProvisioningModel

extension Settings {
  /// What the state has to be a cache of.
  package var identity: ConfiguredIdentity {
    ConfiguredIdentity(
      tenant: directory.tenantID, cloud: directory.cloud, host: WebAddress.host(of: xmatters.url),
      prefix: policy.mapping.externalKeyPrefix)
  }
}

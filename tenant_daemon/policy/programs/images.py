"""Programs that an image brings along, by the names under which they are called there."""

import re
from typing import Final

# An image brought it along; nobody has written to the folders where programs lie.
ABOUT: Final = re.compile(
    r"(?:\./|/(?:(?:usr/(?:local/)?bin|bin|opt(?:/[\w-]+)+|app)/)?)?[a-z][\w.-]* (?:--version|version|-V)"
)
# Where images keep programs of their own; nobody has written to the folder that they start in.
IN_IMAGES: Final = {
    "/opt/keycloak/bin/kcadm.sh": "kcadm.sh",
    "/opt/bitnami/keycloak/bin/kcadm.sh": "kcadm.sh",
    "/opt/jboss/keycloak/bin/kcadm.sh": "kcadm.sh",
    "/opt/keycloak/bin/kc.sh": "kc.sh",
    "./kcadm.sh": "kcadm.sh",
    "bin/kcadm.sh": "kcadm.sh",
    "./listmonk": "listmonk",
    "/listmonk/listmonk": "listmonk",
    "/vaultwarden": "vaultwarden",
    "./vaultwarden": "vaultwarden",
    "/app/gitea/gitea": "gitea",
    "/app/www/artisan": "artisan",
    "./artisan": "artisan",
    "/opt/stalwart/bin/stalwart-cli": "stalwart-cli",
    "bin/rails": "rails",
    "./bin/rails": "rails",
    "./occ": "occ",
    "/var/www/html/occ": "occ",
    "./manage.py": "manage.py",
    "./console": "console",
    "bin/console": "console",
    "./bin/console": "console",
    "/var/www/html/console": "console",
    "/var/www/html/bin/console": "console",
}

"""What somebody who means harm, or only has bad luck, sends; one file for each sort of attack."""
